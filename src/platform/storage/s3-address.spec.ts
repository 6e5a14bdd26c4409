import { keyOfS3Address } from './s3-address';

describe('keyOfS3Address', () => {
  const aws = { region: 'eu-central-1', bucket: 'exports' };

  it.each([
    ['s3://exports/a/b.png', 'a/b.png'],
    ['https://exports.s3.eu-central-1.amazonaws.com/a/b.png', 'a/b.png'],
    ['https://exports.s3.amazonaws.com/a/b.png?X-Amz-Signature=1', 'a/b.png'],
    ['https://s3.eu-central-1.amazonaws.com/exports/a/b.png', 'a/b.png'],
    ['https://s3.dualstack.eu-central-1.amazonaws.com/exports/a%2Fb.png', 'a/b.png'],
    ['s3://other/a/b.png', null],
    ['s3://exports', null],
    ['s3://exports/', null],
    ['s3://exports/../other/a', 'other/a'],
    ['https://other.s3.eu-central-1.amazonaws.com/a/b.png', null],
    ['https://s3.eu-central-1.amazonaws.com/exports-2/a/b.png', null],
    ['https://s3.eu-central-1.amazonaws.com/exports/../other/a', null],
    ['https://s3.eu-central-1.amazonaws.com/exports/%2e%2e/other/a', null],
    ['https://s3.eu-central-1.amazonaws.com/exports/..%2fother/a', null],
    ['https://s3.eu-central-1.amazonaws.com/exports/a%00b', null],
    ['https://s3.eu-central-1.amazonaws.com/exports/%ff', null],
    ['https://exports.s3.us-east-1.amazonaws.com/a/b.png', null],
    ['https://exports.s3.eu-central-1.amazonaws.com.evil.net/a/b.png', null],
    ['https://exports.s3.eu-central-1.amazonaws.com@evil.net/a/b.png', null],
    ['https://me:you@exports.s3.eu-central-1.amazonaws.com/a/b.png', null],
    ['https://exports.s3.eu-central-1.amazonaws.com:444/a/b.png', null],
    ['ftp://exports.s3.eu-central-1.amazonaws.com/a/b.png', null],
    ['exports/a/b.png', null],
    ['', null],
  ])('maps %s on AWS to the key %s', (url, key) => {
    expect(keyOfS3Address(url, aws)).toBe(key);
  });

  it.each([
    ['http://minio:9000/exports/a/b.png', 'a/b.png'],
    ['http://exports.minio:9000/a/b.png', 'a/b.png'],
    ['https://files.example.org/s3/exports/a/b.png', 'a/b.png'],
    ['https://exports.files.example.org/s3/a/b.png', 'a/b.png'],
    ['s3://exports/a/b.png', 'a/b.png'],
    ['https://files.example.org/exports/a/b.png', null],
    ['https://minio:9000/exports/a/b.png', null],
    ['http://minio/exports/a/b.png', null],
    ['https://exports.s3.eu-central-1.amazonaws.com/a/b.png', null],
  ])('maps %s on a self-hosted storage to the key %s', (url, key) => {
    const own = { ...aws, endpoint: 'http://minio:9000', publicEndpoint: 'https://files.example.org/s3' };

    expect(keyOfS3Address(url, own)).toBe(key);
  });
});
