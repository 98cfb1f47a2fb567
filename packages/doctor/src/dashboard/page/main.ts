import { cancelCall, type Connection, follow } from '../follow.ts';
import { duration } from '../format.ts';
import type { Blocked, BlockedPlace, CallRow, Hello, Sample } from '../sample.ts';
import { byId, setText } from './dom.ts';
import { LoopChart } from './loop-chart.ts';
import { showLoopFigures } from './loop-figures.ts';
import { showPlaces } from './places.ts';
import { showPools } from './pools.ts';
import { makeFunctionTable, makeSlowTable } from './tables.ts';
import { rememberToken, tokenOfPage } from './token.ts';

/** So long after the last sample the program should have sent the next. */
const SILENCE_MS = 2500;

const chart = new LoopChart(byId('loop-chart'));
const showFunctions = makeFunctionTable();
const showSlowest = makeSlowTable();

let program: Hello['program'] | undefined;
let token = tokenOfPage();
let mayCancel = false;
let places: readonly BlockedPlace[] = [];
let connection: Connection = { state: 'connecting' };
let heardAt = performance.now();
/** The call that the open question is about. */
let asked: CallRow | undefined;
let following = new AbortController();

function begin(): void {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  void follow(document.baseURI, { token, signal }, { connection: showConnection, hello, sample, blocked });
}

function hello({ program: told, history, blocks, places: known, mayCancel: may }: Hello): void {
  heardAt = performance.now();
  program = told;
  mayCancel = may;
  places = known;
  document.title = `${program.name} – Heddle`;
  setText(byId('program'), program.name);
  showAge(Date.now());
  byId('unlock').hidden = mayCancel;
  setText(byId('unlock'), token === undefined ? 'Read only: enter the token' : 'Read only: wrong token');
  chart.reset(history, blocks);
  showPlaces(places, Date.now());
}

function showAge(now: number): void {
  if (program === undefined) return;
  setText(byId('about'), `process ${program.pid}, Node ${program.node}, up ${duration(now - program.started)}`);
}

function sample({ at, loop, pools, functions, slowest }: Sample): void {
  heardAt = performance.now();
  showAge(at);
  chart.add(loop);
  showLoopFigures(byId('loop-figures'), loop);
  showPools(pools, mayCancel, askToCancel);
  showFunctions(functions);
  showSlowest(slowest);
  showPlaces(places, at);
}

function blocked({ mark, places: known }: Blocked): void {
  places = known;
  chart.mark(mark);
  showPlaces(places, mark.at + mark.duration);
}

function showConnection(next: Connection): void {
  // To be tried again is no news: what is read aloud is that it was lost, and that it is back.
  if (next.state === 'connecting' && connection.state === 'lost') return;
  connection = next;
  heardAt = performance.now();
  showState();
  if (next.state !== 'refused') return;
  byId('unlock').hidden = false;
  setText(byId('unlock'), 'Enter the token');
  if (next.code === 'HEDDLE_DASHBOARD_TOKEN') askForToken();
}

function showState(): void {
  const state = byId('state');
  const silence = performance.now() - heardAt;
  const isSilent = connection.state === 'live' && silence > SILENCE_MS;
  state.dataset['state'] = isSilent ? 'silent' : connection.state;
  // In words that do not change every second: this is read aloud.
  if (isSilent) setText(state, 'no answer: the loop is blocked');
  else if (connection.state === 'lost') setText(state, 'lost, trying again');
  else setText(state, connection.state);
  state.title = 'why' in connection ? connection.why : '';
}

function askToCancel(call: CallRow): void {
  const dialog = byId<HTMLDialogElement>('confirm');
  const time = duration(call.runTime ?? call.age);
  setText(byId('confirm-title'), `Cancel ${call.functionName}?`);
  setText(
    byId('confirm-text'),
    call.state === 'waiting'
      ? `Call ${call.id} of the pool ${call.pool} has been waiting for ${time}. It will not run, and its caller gets a CancelledError.`
      : `Call ${call.id} of the pool ${call.pool} has been running for ${time}. Its caller gets a CancelledError, and its thread is ended unless the call has it otherwise.`,
  );
  asked = call;
  dialog.showModal();
}

/** For a few seconds. */
function say(text: string): void {
  const said = byId('said');
  setText(said, text);
  setTimeout(() => {
    if (said.textContent === text) setText(said, '');
  }, 6000);
}

function askForToken(): void {
  byId<HTMLInputElement>('token-input').value = '';
  byId<HTMLDialogElement>('token').showModal();
}

byId('unlock').addEventListener('click', askForToken);
byId('confirm-yes').addEventListener('click', () => {
  byId<HTMLDialogElement>('confirm').close();
  if (asked !== undefined) void cancelCall(document.baseURI, token, asked.id).then(say);
});
byId('confirm-no').addEventListener('click', () => byId<HTMLDialogElement>('confirm').close());
byId('token-no').addEventListener('click', () => byId<HTMLDialogElement>('token').close());
byId('token').addEventListener('submit', (event) => {
  event.preventDefault();
  token = byId<HTMLInputElement>('token-input').value.trim();
  rememberToken(token);
  byId<HTMLDialogElement>('token').close();
  begin();
});
window.addEventListener('hashchange', () => {
  const given = tokenOfPage();
  if (given === token) return;
  token = given;
  begin();
});
setInterval(showState, 500);
begin();
