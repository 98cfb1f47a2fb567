import type { CallNode } from '../../run/call-tree.ts';
import { duration } from '../duration.ts';

const ROW = 24;
/** What would be narrower than that, in percent of the whole, is left out. */
const NARROWEST = 0.3;

interface Flame {
  readonly node: CallNode;
  readonly parent: Flame | undefined;
  readonly children: Flame[];
  readonly depth: number;
  /** Where it begins, in milliseconds from the left. */
  readonly from: number;
}

/** What ran while the loop was blocked: each call below its caller, as wide as it took long. */
export function showFlames(root: HTMLElement, tree: CallNode): void {
  const whole = flame({ ...tree, name: 'all blocked time' }, undefined, 0);
  const graph = document.createElement('div');
  graph.className = 'graph';
  graph.setAttribute('role', 'tree');
  graph.setAttribute('aria-label', 'Calls while the loop was blocked');
  const note = document.createElement('p');
  note.className = 'note';
  note.setAttribute('aria-live', 'polite');
  const reset = document.createElement('button');
  reset.type = 'button';
  reset.textContent = 'Show all';
  root.append(graph, note, reset);
  if (whole.children.length === 0) {
    graph.remove();
    reset.remove();
    note.textContent = 'The profiler has seen nothing in the blocks.';
    return;
  }
  const show = (zoomed: Flame, focused: Flame, takesFocus: boolean): void => {
    const cells = new Map<Flame, HTMLElement>();
    graph.replaceChildren();
    let deepest = 0;
    const add = (one: Flame, left: number, width: number): HTMLElement => {
      const cell = cellOf(one, left, width);
      cell.tabIndex = one === focused ? 0 : -1;
      cell.addEventListener('click', () => show(one, one, true));
      cell.addEventListener('focus', () => (note.textContent = said(one, whole)));
      cell.addEventListener('pointerenter', () => (note.textContent = said(one, whole)));
      cell.addEventListener('keydown', (event) => {
        const action = actions(one, cells)[event.key];
        if (event.key === 'Enter' || event.key === ' ') show(one, one, true);
        else if (event.key === 'Escape') show(whole, one, true);
        else if (action !== undefined) move(cells, one, action);
        else return;
        event.preventDefault();
      });
      cells.set(one, cell);
      graph.append(cell);
      return cell;
    };
    const place = (one: Flame): void => {
      const [left, width] = share(one, zoomed);
      if (width < NARROWEST) return;
      deepest = Math.max(deepest, one.depth);
      add(one, left, width);
      for (const child of one.children) place(child);
    };
    const callers: Flame[] = [];
    for (let above = zoomed.parent; above !== undefined; above = above.parent) callers.unshift(above);
    for (const one of callers) add(one, 0, 100).classList.add('caller');
    place(zoomed);
    graph.style.height = `${(deepest + 1) * ROW}px`;
    reset.hidden = zoomed === whole;
    note.textContent = said(focused, whole);
    if (takesFocus) cells.get(focused)?.focus();
  };
  reset.addEventListener('click', () => show(whole, whole, true));
  show(whole, whole, false);
}

function flame(node: CallNode, parent: Flame | undefined, from: number): Flame {
  const children: Flame[] = [];
  const made: Flame = { node, parent, children, depth: parent === undefined ? 0 : parent.depth + 1, from };
  let next = from;
  for (const child of node.children) {
    children.push(flame(child, made, next));
    next += child.milliseconds;
  }
  return made;
}

function share({ node, from }: Flame, zoomed: Flame): [left: number, width: number] {
  const whole = Math.max(zoomed.node.milliseconds, 0.001);
  return [((from - zoomed.from) / whole) * 100, (node.milliseconds / whole) * 100];
}

function cellOf({ node, depth }: Flame, left: number, width: number): HTMLElement {
  const cell = document.createElement('div');
  cell.className = `cell ${node.origin}`;
  cell.setAttribute('role', 'treeitem');
  cell.setAttribute('aria-level', String(depth + 1));
  cell.style.left = `${left}%`;
  cell.style.width = `${width}%`;
  cell.style.top = `${depth * ROW}px`;
  cell.textContent = node.name;
  cell.title = node.place === '' ? node.name : `${node.name} (${node.place})`;
  return cell;
}

function said({ node }: Flame, whole: Flame): string {
  const percent = Math.round((node.milliseconds / Math.max(whole.node.milliseconds, 0.001)) * 100);
  const place = node.place === '' ? '' : `, ${node.place}`;
  return `${node.name}${place}: ${duration(node.milliseconds)}, ${percent} % of the blocked time`;
}

/** Where the arrow keys lead. */
function actions(one: Flame, cells: ReadonlyMap<Flame, HTMLElement>): Record<string, Flame | undefined> {
  const siblings = (one.parent?.children ?? []).filter((sibling) => cells.has(sibling));
  const index = siblings.indexOf(one);
  return {
    ArrowDown: one.children
      .filter((child) => cells.has(child))
      .sort((a, b) => b.node.milliseconds - a.node.milliseconds)[0],
    ArrowUp: one.parent,
    ArrowRight: siblings[index + 1],
    ArrowLeft: siblings[index - 1],
  };
}

function move(cells: ReadonlyMap<Flame, HTMLElement>, from: Flame, to: Flame): void {
  const cell = cells.get(to);
  if (cell === undefined) return;
  const left = cells.get(from);
  if (left !== undefined) left.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus();
}
