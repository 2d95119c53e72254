import { describe, expect, it } from 'vitest';
import { match, placeOf, to } from '../../src/staff/router';

describe('an address', () => {
  it('is a path and a query behind the #', () => {
    const { path, query } = placeOf('#/cases/12?page=2&text=a%3Fb');
    expect(path).toBe('/cases/12');
    expect(Object.fromEntries(query)).toEqual({ page: '2', text: 'a?b' });
  });

  it.each(['', '#', '#main', '#?page=2'])('without a path is the beginning: %s', (hash) => {
    expect(placeOf(hash).path).toBe('/');
  });

  it('holds no empty filters', () => {
    expect(to('/audit', { who: '王 五', page: null, kind: '', size: 50, action: undefined })).toBe('/audit?who=%E7%8E%8B+%E4%BA%94&size=50');
    expect(to('/audit')).toBe('/audit');
  });
});

describe('a pattern', () => {
  it('gives the named parts, decoded', () => {
    expect(match('/cases/:id/versions/:number', '/cases/labor%2F001/versions/3')).toEqual({ id: 'labor/001', number: '3' });
    expect(match('/cases', '/cases/')).toEqual({});
  });

  it.each([
    ['/cases', '/cases/12'],
    ['/cases/:id', '/cases'],
    ['/cases/:id', '/cases//'],
    ['/cases/:id', '/tickets/12'],
    ['/cases/:id', '/cases/%E0%A4%A'],
  ])('%s is not %s', (pattern, path) => {
    expect(match(pattern, path)).toBeNull();
  });
});
