/** The look of the report's page, light and dark, from the width of a telephone on. */
export const style: string = `
:root {
  color-scheme: light dark;
  --page: #fbfaf8; --card: #ffffff; --text: #1d1b18; --quiet: #66615a; --line: #e2ded8; --code: #f3f0eb;
  --bad: #b3261e; --good: #1f6b3a; --mark: #1c5fa8;
  --own: #f0b34a; --package: #a9c8ea; --node: #d8d5cf; --on-flame: #1d1b18;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #171614; --card: #201f1c; --text: #ece8e1; --quiet: #a59f95; --line: #3a3732; --code: #2a2824;
    --bad: #ff8f84; --good: #7fd09a; --mark: #8ec1ff;
    --own: #b97a16; --package: #33587f; --node: #4a4741; --on-flame: #ffffff;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1280px; padding: 20px clamp(12px, 3vw, 32px) 48px; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
.name { margin: 0; color: var(--quiet); }
h1 { margin: 0 0 16px; font: 600 20px/1.35 ui-monospace, Consolas, monospace; overflow-wrap: anywhere; }
h2 { margin: 0 0 12px; font-size: 17px; }
section { margin-top: 20px; padding: 16px clamp(12px, 2vw, 20px); background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px 20px; margin: 0; }
dt { color: var(--quiet); font-size: 13px; }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
table { width: 100%; border-collapse: collapse; }
th { padding: 0 16px 6px 0; color: var(--quiet); font-weight: 400; font-size: 13px; text-align: right; border-bottom: 1px solid var(--line); }
th:last-child { text-align: left; padding-right: 0; }
td { padding: 12px 16px 12px 0; vertical-align: top; border-bottom: 1px solid var(--line); }
tr:last-child td { border-bottom: 0; padding-bottom: 0; }
td.place { width: 100%; padding-right: 0; min-width: 0; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; color: var(--bad); font-weight: 600; }
.number + .number { color: inherit; font-weight: 400; }
.share { display: block; height: 4px; margin: 6px 0 0 auto; border-radius: 2px; background: var(--bad); }
.where { display: block; color: var(--mark); font-family: ui-monospace, Consolas, monospace; font-size: 13px; overflow-wrap: anywhere; }
.kind { color: var(--quiet); font-size: 13px; }
pre { margin: 6px 0; padding: 8px 10px; background: var(--code); border-radius: 6px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px; }
pre.write { border-left: 3px solid var(--good); }
td p { margin: 6px 0; }
details ol { margin: 8px 0 0; padding-left: 24px; color: var(--quiet); font-size: 13px; }
details li { margin-bottom: 2px; font-family: ui-monospace, Consolas, monospace; }
details li .where { color: inherit; }
details li.own { color: var(--text); font-weight: 600; }
summary { color: var(--quiet); cursor: pointer; font-size: 13px; width: fit-content; }
.note { min-height: 3em; margin: 8px 0 0; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
#timeline svg { display: block; max-width: 100%; }
#timeline text { fill: var(--quiet); font-size: 12px; }
#timeline .grid { stroke: var(--line); }
#timeline .delay { fill: none; stroke: var(--mark); stroke-width: 1.5; }
#timeline .bar { fill: var(--bad); cursor: pointer; }
#timeline .bar.chosen { fill: var(--mark); }
.graph { position: relative; overflow: hidden; }
.cell { position: absolute; height: 23px; padding: 0 5px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; cursor: pointer;
  color: var(--on-flame); background: var(--node); border-right: 1px solid var(--card); border-radius: 2px; font: 12px/23px ui-monospace, Consolas, monospace; }
.cell.caller { opacity: .55; }
.own.cell, .legend .own { background: var(--own); }
.package.cell, .legend .package { background: var(--package); }
.legend { margin: 0 0 10px; font-size: 13px; }
.legend span { padding: 2px 8px; border-radius: 3px; color: var(--on-flame); background: var(--node); }
button { padding: 5px 12px; color: inherit; background: var(--code); border: 1px solid var(--line); border-radius: 6px; font: inherit; cursor: pointer; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 1px; }
.cell:focus-visible { outline-offset: -2px; outline-color: var(--text); }
@media (max-width: 600px) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: flex; flex-wrap: wrap; gap: 0 18px; padding: 12px 0; border-bottom: 1px solid var(--line); }
  tr:last-child { border-bottom: 0; padding-bottom: 0; }
  td { padding: 0; border: 0; }
  td.place { width: 100%; margin-top: 6px; }
  .number { text-align: left; }
  .number::before { content: attr(data-name) " "; color: var(--quiet); font-weight: 400; font-size: 13px; }
  .share { display: none; }
}
`;
