// Each promise brings the next, and none of them waits for anything.
function scoreOf(index: number): number {
  let score = 0;
  for (let step = 0; step < 2000; step++) {
    // blocks
    score += (index * step) % 7; // blocks
  }
  return score;
}

async function addScores(milliseconds: number): Promise<number> {
  const end = Date.now() + milliseconds;
  let total = 0;
  for (let index = 0; Date.now() < end; index++) total += await Promise.resolve(index).then(scoreOf);
  return total;
}

setTimeout(async () => {
  console.log((await addScores(500)) > 0);
}, 100);
