import { describe, expect, it } from 'vitest';
import { readRating } from './read-rating.js';

describe('a rating', () => {
  it.each([
    ['4', 4],
    ['(5)', 5],
    ['４', 4],
    ['3/5', 3],
    ['4 out of 5', 4],
    ['five stars!', 5],
    ['4 stars', 4],
    ['⭐⭐⭐', 3],
    ['👍', 5],
    ['👍🏽👍🏽', 5],
    ['😡', 1],
    ['☹️', 2],
    ['very good', 4],
    ['It was great!', 5],
    ['sehr gut', 4],
    ['muy bien', 4],
    ['furchtbar', 1],
    ['ok', 3],
  ])('is read from “%s”', (text, score) => {
    expect(readRating(text)).toBe(score);
  });

  it.each([
    '6',
    '0',
    '1042',
    '7/5',
    'good morning everybody out there',
    'not good',
    'good?',
    'Where is my order?',
    'two pizzas please',
    'good bad',
    '👍👎',
    '⭐⭐⭐⭐⭐⭐',
    'hello',
    '',
    '?',
  ])('is not read from “%s”', (text) => {
    expect(readRating(text)).toBeNull();
  });
});
