import ejs from 'ejs';
import handlebars from 'handlebars';
import highlight from 'highlight.js';
import katex from 'katex';
import MarkdownIt from 'markdown-it';
import { marked, parse, parseInline } from 'marked';
import { micromark } from 'micromark';
import mustache from 'mustache';
import nunjucks from 'nunjucks';
import pug from 'pug';
import sanitizeHtml from 'sanitize-html';
import { html, javaScript, markdown } from './inputs.js';

const view = { title: 'Loom <1>', parts: ['warp', 'weft'] };
const isBold = handlebars.compile('{{title}}');

export const documents = [
  { package: 'marked', name: 'marked', f: marked, args: [markdown] },
  { package: 'marked', name: 'parse', f: parse, args: [markdown] },
  { package: 'marked', name: 'parseInline', f: parseInline, args: ['*one* line'] },
  { package: 'micromark', name: 'micromark', f: micromark, args: [markdown] },
  {
    package: 'markdown-it',
    name: 'new MarkdownIt().render',
    f: new MarkdownIt().render,
    args: [markdown],
    refused: 'HEDDLE_CAPTURES_THIS',
    because: 'it is a method of an instance, and is passed without it',
  },
  { package: 'mustache', name: 'render', f: mustache.render, args: ['{{title}}: {{#parts}}<{{.}}>{{/parts}}', view] },
  {
    package: 'ejs',
    name: 'render',
    f: ejs.render,
    args: ['<%= title %><% for (const p of parts) { %>-<%= p %><% } %>', view],
  },
  { package: 'handlebars', name: 'precompile', f: handlebars.precompile, args: ['{{#each parts}}<{{this}}>{{/each}}'] },
  {
    package: 'handlebars',
    name: 'a compiled template',
    f: isBold,
    args: [view],
    refused: 'HEDDLE_CAPTURES_THIS',
    because: 'it is made at run time, hands on its `this`, and keeps in a variable outside of it what it has compiled',
  },
  { package: 'pug', name: 'render', f: pug.render, args: ['h1= title\neach part in parts\n  p= part', view] },
  {
    package: 'nunjucks',
    name: 'renderString',
    f: nunjucks.renderString,
    args: ['{{ title }}{% for p in parts %}-{{ p }}{% endfor %}', view],
  },
  { package: 'sanitize-html', name: 'sanitizeHtml', f: sanitizeHtml, args: [html] },
  { package: 'katex', name: 'renderToString', f: katex.renderToString, args: ['c = \\sqrt{a^2 + b^2}'] },
  {
    package: 'highlight.js',
    name: 'highlight',
    f: highlight.highlight,
    args: [javaScript, { language: 'javascript' }],
    refused: 'HEDDLE_UNCLONABLE',
    because: 'its result holds an instance of a class of its own',
  },
];
