// What the browser runs as it is: asks for /ping, and has the server work.
const SHOWN_MS = 30_000;
/** A latency as long as this reaches the top. */
const TOP_MS = 4000;

const latency = document.querySelector('#latency');
const line = document.querySelector('#line');
const progress = document.querySelector('#progress');
const buttons = document.querySelectorAll('button');
const took = [];

async function ping() {
  const since = performance.now();
  await fetch('ping', { cache: 'no-store' });
  const milliseconds = performance.now() - since;
  took.push({ since, milliseconds });
  while (took[0].since < since - SHOWN_MS) took.shift();
  latency.value = `${Math.round(milliseconds)} ms`;
  latency.dataset.milliseconds = String(milliseconds);
  // As long as the answer was waited for, whoever else had come would have waited as well.
  const steps = took.map((one) => {
    const from = (600 * (one.since - since + SHOWN_MS)) / SHOWN_MS;
    const width = (600 * one.milliseconds) / SHOWN_MS;
    return `${from.toFixed(1)} ${heightOf(one.milliseconds).toFixed(1)}h${width.toFixed(1)}`;
  });
  line.setAttribute('d', `M${steps.join('L')}`);
}

/** On a logarithmic scale: 1 ms and 1 s are both to be seen. */
function heightOf(milliseconds) {
  return 58 - (56 * Math.log(Math.max(1, Math.min(TOP_MS, milliseconds)))) / Math.log(TOP_MS);
}

async function work(where) {
  for (const button of buttons) button.disabled = true;
  progress.textContent = `Hashing ${where === 'block' ? 'on the loop' : 'in threads'} …`;
  try {
    const response = await fetch(`work/${where}`, { method: 'POST' });
    progress.textContent = await response.text();
  } catch {
    progress.textContent = 'The server has ended.';
  }
  for (const button of buttons) button.disabled = false;
}

for (const button of buttons) button.addEventListener('click', () => work(button.id));

// The address of the dashboard, with the token that lets it cancel calls, is given to this page only.
document.querySelector('#dashboard').src = await (await fetch('dashboard')).text();

for (;;) {
  await ping().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 100));
}
