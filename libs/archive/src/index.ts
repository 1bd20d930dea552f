export { writeCsv, type Cell } from './csv.js';
