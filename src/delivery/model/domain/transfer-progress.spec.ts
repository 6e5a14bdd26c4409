import { TransferProgress } from './transfer-progress';

const MB = 1_000_000;

describe('Transfer progress', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const after = (seconds: number, bytesPerSecond: number, progress = new TransferProgress()) => {
    for (let second = 0; second < seconds; second += 1) {
      jest.advanceTimersByTime(1_000);
      if (bytesPerSecond > 0) progress.add(bytesPerSecond);
    }
    return progress;
  };

  it('is slow below 1 MB per second, from the fifth second on', () => {
    expect(after(4, 1).isSlow).toBe(false);
    expect(after(5, MB - 1).isSlow).toBe(true);
    expect(after(5, MB).isSlow).toBe(false);
  });

  it('is slow after a stall of five seconds, however fast it was', () => {
    const progress = after(10, 100 * MB);

    expect(after(4, 0, progress).isSlow).toBe(false);
    expect(after(1, 0, progress).isSlow).toBe(true);
    progress.add(1);
    expect(progress.isSlow).toBe(false);
  });
});
