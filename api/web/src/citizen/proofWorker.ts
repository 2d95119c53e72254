import { search } from './proofSearch';

self.onmessage = ({ data: challenge }: MessageEvent<string>) => {
  self.postMessage(search(challenge, 0, Infinity));
  self.close();
};
