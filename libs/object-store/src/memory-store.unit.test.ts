import { objectStoreConformance } from './conformance.js';
import { MemoryStore } from './memory-store.js';

objectStoreConformance('memory', () => new MemoryStore());
