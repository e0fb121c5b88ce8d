import { describe, expect, it } from 'vitest';
import { createPasswords, passwordProblem } from '../../core/community/accounts/passwords.ts';
import { CHEAP } from './harness.ts';

describe('passwords', () => {
  it('keeps a password as a salted PHC string at the documented cost', async () => {
    const passwords = createPasswords();
    const [one, two] = [await passwords.hash('a long enough one'), await passwords.hash('a long enough one')];
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(two).not.toBe(one);
    expect(await passwords.check('a long enough one', one)).toBe('right');
    expect(await passwords.check('a long enough two', one)).toBe('wrong');
  });

  it('takes the same letters typed in another form', async () => {
    const passwords = createPasswords(CHEAP);
    expect(await passwords.check('cafe\u0301 noir noir', await passwords.hash('caf\u00e9 noir noir'))).toBe('right');
  });

  it('says when a right password was hashed at another cost', async () => {
    const old = await createPasswords(CHEAP).hash('a long enough one');
    const passwords = createPasswords({ ...CHEAP, logN: 11 });
    expect(await passwords.check('a long enough one', old)).toBe('old');
    expect(await passwords.check('a long enough two', old)).toBe('wrong');
  });

  it('is never right where there is no hash', async () => {
    expect(await createPasswords(CHEAP).check('', null)).toBe('wrong');
  });

  it('turns away what would wait behind too many, and goes on after', async () => {
    const passwords = createPasswords(CHEAP);
    const hashes = await Promise.all(Array.from({ length: 100 }, () => passwords.hash('a long enough one')));
    expect(hashes.filter((hash) => hash === null)).toHaveLength(100 - 2 - 64);
    expect(await passwords.hash('a long enough one')).not.toBeNull();
  });

  it('refuses a stored hash that it cannot read, rather than calling the password wrong', async () => {
    await expect(createPasswords(CHEAP).check('a long enough one', '$2b$10$abc')).rejects.toThrow('cannot be read');
  });

  it.each([
    ['nine characters', 'x'.repeat(9), false],
    ['ten characters', 'x'.repeat(10), true],
    ['200 characters', 'x'.repeat(200), true],
    ['201 characters', 'x'.repeat(201), false],
  ])('judges %s', (_, password, isGood) => {
    expect(passwordProblem(password) === null).toBe(isGood);
  });
});
