// What runs in the report's page: the table and the numbers are there without it.
import type { Report } from '../report.ts';
import { showFlames } from './flames.ts';
import { showTimeline } from './timeline.ts';

const report = JSON.parse(document.querySelector('#report')?.textContent ?? '') as Report;

const timeline = document.querySelector<HTMLElement>('#timeline');
if (timeline !== null) showTimeline(timeline, report);
const flames = document.querySelector<HTMLElement>('#flames');
if (flames !== null) showFlames(flames, report.calls);
