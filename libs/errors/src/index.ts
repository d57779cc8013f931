export { blameOf, MipnetError, type Blame } from './mipnet-error.js';
