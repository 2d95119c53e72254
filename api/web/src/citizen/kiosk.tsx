import { goFullScreen } from './devices';
import { start } from './start';
import { forgetfulStorage } from './storage';

// Browsers allow it only on a touch; a terminal started in kiosk mode is full-screen already.
document.addEventListener('pointerup', goFullScreen);
start('kiosk', forgetfulStorage());
