/** Somebody nobody knows yet: what to ask them, and the lists that the answers lead to. */
import { remembered } from '../base/remembered.ts';
import type { Protected } from '../data/protect.ts';
import type { Ratings } from '../data/ratings.ts';
import { barring } from '../models/barred.ts';
import { chosenPairs } from '../models/chosen-pairs.ts';
import { bestsellersOf, type Newcomers, newcomerLister } from '../models/newcomer.ts';
import { type Lister, type QuestionRule, Questions } from '../models/questions.ts';
import type { NextQuestion, QuestionRequest } from './api/lists.ts';
import { productCard } from './catalogue.ts';
import type { Project } from './session.ts';

const popularOf = remembered((ratings: Ratings) => bestsellersOf(chosenPairs(ratings)));
const questionsOf = remembered((ratings: Ratings) => new Questions(ratings));

/** The model with the bestsellers of what it learned from beside it, for somebody known by a few choices alone. */
export function forNewcomers({ ratings, unlisted }: Protected, model: Newcomers): Newcomers {
  return barring(newcomerLister(model, popularOf(ratings)), unlisted);
}

/** `learned`: what the model learned from. null where nothing is left to ask. Throws `unknownProduct`. */
export function nextQuestion(
  project: Project,
  learned: Protected,
  model: Lister,
  { answers }: QuestionRequest,
  rule: QuestionRule = 'lists',
): NextQuestion | null {
  for (const { product } of answers) productCard(project, product);
  const start = performance.now();
  const question = questionsOf(learned.ratings).next(
    answers.map(({ product, reply }) => ({ item: product, reply })),
    forNewcomers(learned, model),
    rule,
  );
  return (
    question && {
      product: productCard(project, question.item),
      known: question.known,
      milliseconds: performance.now() - start,
    }
  );
}
