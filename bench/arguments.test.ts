import { describe, expect, it } from 'vitest';
import { parseBenchArguments, UsageError } from './arguments.ts';

const parse = (line: string) => parseBenchArguments(line.split(' '));

describe('the command line of the bench', () => {
  it('takes every flag', () => {
    const args = parse(
      '--data log.csv --things films.csv --people users.csv --test held.csv --model neumf --head choice --solver sweep ' +
        '--device webgl --threads 2 --factors 16 --epochs 5 --preset best --seed 7 --holdout 0.2 --split leave-one-out ' +
        '--roles user=3,item=c0,rating=1 --min-rating 3.5 --strict --gpu system --skip-story --studies comparison,search --without svd,ease --out-dir build --json out.json',
    );
    expect(args).toEqual({
      data: 'log.csv',
      things: 'films.csv',
      people: 'users.csv',
      test: 'held.csv',
      model: 'neumf',
      heads: ['choice'],
      device: 'webgl',
      threads: 2,
      preset: 'best',
      solver: 'sweep',
      settings: { factors: 16, epochs: 5 },
      seed: 7,
      holdout: 0.2,
      split: 'leave-one-out',
      roles: new Map([
        ['customer', 3],
        ['product', 0],
        ['rating', 1],
      ]),
      minRating: 3.5,
      strict: true,
      gpu: 'system',
      skipStory: true,
      studies: ['comparison', 'search'],
      without: ['svd', 'ease'],
      outDir: 'build',
      json: 'out.json',
    });
  });

  it('needs the data and nothing else', () => {
    const args = parse('--data ratings.zip');
    expect(args).toMatchObject({
      model: 'mf',
      heads: ['taste', 'choice'],
      device: 'wasm',
      preset: 'balanced',
      solver: null,
      settings: {},
      split: 'random',
      holdout: 0.1,
      threads: null,
      minRating: null,
      strict: false,
    });
    expect(args.roles.size).toBe(0);
  });

  it('takes a published split', () => {
    expect(parse('--train a.gz --test b.gz')).toMatchObject({ data: 'a.gz', test: 'b.gz' });
  });

  it.each([
    ['--model mf', /--data/],
    ['--data a --train b --test c', /both/],
    ['--train a', /--test/],
    ['--data a --speed 9', /--speed/],
    ['--data a stray', /stray/],
    ['--data a --model astrology', /astrology.*mf, neumf, vae, autorec/],
    ['--data a --solver als', /als.*sweep, sgd/],
    ['--data a --device cuda', /cuda/],
    ['--data a --epochs many', /many.*not a number/],
    ['--data a --epochs 2.5', /whole/],
    ['--data a --factors 0', /less than 1/],
    ['--data a --threads 0', /less than 1/],
    ['--data a --holdout 1.5', /more than/],
    ['--data a --roles user', /roles/],
    ['--data a --roles reader=0', /reader/],
    ['--data a --roles user=-1', /less than 0/],
  ])('refuses %s and says why', (line, why) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(why);
  });
});
