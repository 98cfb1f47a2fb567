import type { StackFrame } from 'heddle/watchdog';
import { escaped } from './escaped.ts';
import type { Place, Report } from './report.ts';
import { blame, duration, insteadOf, where } from './words.ts';

/** The places, the worst first. */
export function placesTable({ places, blocked, threshold }: Report): string {
  if (places.length === 0) return `<p>Nothing blocked the loop for longer than ${duration(threshold)}.</p>`;
  return `<table>
<thead><tr><th scope="col">total</th><th scope="col">longest</th><th scope="col">count</th><th scope="col">place</th></tr></thead>
<tbody>
${places.map((place) => row(place, blocked)).join('\n')}
</tbody>
</table>`;
}

function row(place: Place, blocked: number): string {
  const share = Math.max(1, Math.round((place.total / Math.max(blocked, 1)) * 100));
  return `<tr>
<td class="number" data-name="total">${duration(place.total)}<span class="share" style="width: ${share}%"></span></td>
<td class="number" data-name="longest">${duration(place.longest)}</td>
<td class="number" data-name="count">${place.count}</td>
<td class="place">${described(place)}</td>
</tr>`;
}

function described(place: Place): string {
  const { source, kind, judgement, stack } = place;
  return [
    `<strong>${escaped(blame(place))}</strong>`,
    ...(place.file === '' ? [] : [`<span class="where">${breakable(where(place))}</span>`]),
    ...(source === null ? [] : [`<pre><code>${escaped(source)}</code></pre>`]),
    ...(kind === null ? [] : [`<span class="kind">kind: ${escaped(kind)}</span>`]),
    ...(judgement?.around === undefined ? [] : [`<p>${escaped(insteadOf(judgement.around))}</p>`]),
    ...(judgement === null ? [] : [`<p><em>${escaped(judgement.verdict)}</em>: ${escaped(judgement.why)}</p>`]),
    ...(judgement?.write === undefined ? [] : [`<pre class="write"><code>${escaped(judgement.write)}</code></pre>`]),
    ...(stack.length === 0 ? [] : [`<details><summary>stack</summary><ol>${stack.map(frame).join('')}</ol></details>`]),
  ].join('\n');
}

function frame({ functionName, file, line, origin }: StackFrame): string {
  const place = file === '' ? '' : ` <span class="where">${breakable(line < 1 ? file : `${file}:${line}`)}</span>`;
  return `<li class="${origin}">${escaped(functionName || '(anonymous)')}${place}</li>`;
}

/** Paths may be broken behind each of their parts. */
function breakable(path: string): string {
  return escaped(path).replaceAll('/', '/<wbr>');
}
