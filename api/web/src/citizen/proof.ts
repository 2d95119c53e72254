import { search } from './proofSearch';
import ProofWorker from './proofWorker?worker';

const SLICE = 2_000; // hashes between two looks at what else there is to do, where there is no worker

/** The proof for a challenge, made beside the page so that nothing on it stands still. */
export async function prove(challenge: string): Promise<string> {
  const counter = await searchInWorker(challenge).catch(() => searchHere(challenge));
  return `${challenge}.${counter}`;
}

function searchInWorker(challenge: string): Promise<number> {
  return new Promise<number>((found, fail) => {
    const worker = new ProofWorker();
    worker.onmessage = ({ data }: MessageEvent<number>) => found(data);
    worker.onerror = fail;
    worker.postMessage(challenge);
  });
}

async function searchHere(challenge: string): Promise<number> {
  for (let from = 0; ; from += SLICE) {
    const counter = search(challenge, from, SLICE);
    if (counter !== null) return counter;
    await new Promise((later) => setTimeout(later));
  }
}
