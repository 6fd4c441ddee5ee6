/** A page of its own for the textbook baseline: built apart, so that none of it is in the product. */
import { timeTextbookStep } from '../textbook.ts';

declare global {
  interface Window {
    timeTextbookStep: typeof timeTextbookStep;
  }
}

window.timeTextbookStep = timeTextbookStep;
