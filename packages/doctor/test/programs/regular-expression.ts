// Matches an expression that backtracks without end.
function isValidName(name: string): boolean {
  if (name.length > 100) return false;
  return /^(?:[a-z]+\s?)+$/.test(name); // blocks
}

setTimeout(() => {
  // Each letter doubles the time: as many as take long enough here.
  let letters = 18;
  let took = 0;
  while (took < 400) {
    const began = performance.now();
    isValidName(`${'a'.repeat(letters)}!`);
    took = performance.now() - began;
    letters++;
  }
  console.log(letters > 18);
}, 100);
