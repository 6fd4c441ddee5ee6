import { expect, it } from 'vitest';
import { sides } from './end-labels.tsx';

it('labels of lines that end side by side do not cover each other', () => {
  const coral = { x: 100, y: 50 };
  const violet = { x: 116, y: 55 };
  const far = { x: 300, y: 55 };
  const low = { x: 104, y: 200 };
  const placed = sides([violet, coral, far, low]);
  expect([coral, violet, far, low].map((end) => placed.get(end))).toEqual(['above', 'below', 'above', 'above']);
});
