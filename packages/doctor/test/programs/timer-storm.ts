// Thousands of timers are due at once, and none of them is long.
let checked = 0;

function checkSession(id: number): void {
  for (let step = 0; step < 100_000; step++) {
    // blocks
    checked += (id * step) % 3; // blocks
  }
}

setTimeout(() => {
  for (let id = 0; id < 2500; id++) setTimeout(checkSession, 20, id);
}, 100);

process.once('exit', () => console.log(checked > 0));
