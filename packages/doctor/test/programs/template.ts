// Renders a page from a template.
import ejs from 'ejs';

const template = ejs.compile(
  '<table><% for (const row of rows) { %><tr><td><%= row.name %></td><td><%= row.text %></td></tr><% } %></table>',
);
const rows = Array.from({ length: 2000 }, (_, index) => ({ name: `row ${index}`, text: '<b>&"quoted"</b>'.repeat(8) }));

function renderPage(milliseconds: number): number {
  const end = Date.now() + milliseconds;
  let length = 0;
  while (Date.now() < end) {
    length += template({ rows }).length; // blocks
  }
  return length;
}

setTimeout(() => {
  console.log(renderPage(500) > 0);
}, 100);
