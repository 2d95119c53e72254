import { start } from './start';
import { browserStorage } from './storage';

start('page', browserStorage());
