import { isRightToLeft } from './language';

describe('isRightToLeft', () => {
  it.each(['ar-EG', 'he', 'fa_IR', 'UR'])('is true for %s', (language) => {
    expect(isRightToLeft(language)).toBe(true);
  });

  it.each(['en', 'uk', 'zh-Hans', 'arn'])('is false for %s', (language) => {
    expect(isRightToLeft(language)).toBe(false);
  });
});
