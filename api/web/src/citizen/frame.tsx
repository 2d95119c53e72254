import { frameColour } from './colour';
import { start } from './start';
import { browserStorage } from './storage';

const query = new URLSearchParams(window.location.search);
const colour = frameColour(query.get('color'));
if (colour) {
  document.documentElement.style.setProperty('--frame-action', colour);
  document.documentElement.classList.add('own-colour');
}

// Only a wish to be closed goes out, never a word of what was said; so any site may hear it.
start('frame', browserStorage(), () => window.parent.postMessage({ yibotong: 'close' }, '*'));
