import { toColour } from './colour';

describe('toColour', () => {
  it.each(['#fff', '#ABCD', '#12ab9F', '#12ab9f80', 'RebeccaPurple', ' transparent '])('keeps %p', (colour) => {
    expect(toColour(colour, 'fallback')).toBe(colour.trim().toLowerCase());
  });

  it.each([
    ['rgb(12, 120, 90)', 'rgba(12, 120, 90, 1)'],
    ['rgba(12,120,90,.5)', 'rgba(12, 120, 90, 0.5)'],
    ['rgb(10% 20% 30% / 40%)', 'rgba(26, 51, 77, 0.4)'],
    ['rgb(300, -5, 0)', 'rgba(255, 0, 0, 1)'],
    ['hsl(120, 100%, 25%)', 'rgba(0, 128, 0, 1)'],
    ['hsl(-0.5turn 100% 50%)', 'rgba(0, 255, 255, 1)'],
    ['HSLA(0deg, 0%, 100%, 0)', 'rgba(255, 255, 255, 0)'],
  ])('normalizes %p', (colour, spelled) => {
    expect(toColour(colour, 'fallback')).toBe(spelled);
  });

  it.each([
    'url(http://169.254.169.254/)',
    'javascript:alert(1)',
    'rgb(1, 2)',
    'rgb(1, 2, 3, 4, 5)',
    'rgb(1e999, 0, 0)',
    'rgb(1deg, 2, 3)',
    'hsl(1%, 2%, 3%)',
    '#ab',
    '#12345',
    'constructor',
    'var(--x)',
    `rgb(${' '.repeat(1000)}1,2,3)`,
    '',
    null,
    7,
    ['red'],
  ])('refuses %p', (colour) => {
    expect(toColour(colour, 'fallback')).toBe('fallback');
  });
});
