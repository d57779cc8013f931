export { mipnetCommand, mipnetCommandAnywhere, shellWord } from './command-line.js';
export { durationText, rangeText } from './duration.js';
export { plainJson, plainLine, plainText } from './plain-text.js';
export { confusionText } from './confusion-text.js';
