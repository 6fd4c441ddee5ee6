import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTranscoder, guessEncoding, mendUtf8 } from './encoding.ts';
import { TextFeed } from './text-feed.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), littleEndian);
  return new Uint8Array(view.buffer);
}

describe('guessEncoding', () => {
  it('goes by the mark where there is one', () => {
    expect(guessEncoding(utf8('\uFEFFa,b'))).toEqual({ encoding: 'utf-8', bom: 3 });
    expect(guessEncoding(utf16('\uFEFFa,b', true))).toEqual({ encoding: 'utf-16le', bom: 2 });
    expect(guessEncoding(utf16('\uFEFFa,b', false))).toEqual({ encoding: 'utf-16be', bom: 2 });
  });

  it('tells the rest by what is well-formed', () => {
    expect(guessEncoding(utf8('Amélie,日本')).encoding).toBe('utf-8');
    expect(guessEncoding(latin1('Amélie, Señor, Grün')).encoding).toBe('windows-1252');
    expect(guessEncoding(utf16('user,item\n1,2\n', true)).encoding).toBe('utf-16le');
    expect(guessEncoding(utf16('user,item\n1,2\n', false)).encoding).toBe('utf-16be');
    const mixed = new Uint8Array([...utf8('Amélie, Grün, 日本'), 0xe9, 0x2c]);
    expect(guessEncoding(mixed).encoding).toBe('utf-8');
  });

  it('knows the Chinese of spreadsheets from western text and from UTF-8', () => {
    // 用户,商品,评分 and 张三,钢笔,5 in GBK
    const header = [0xd3, 0xc3, 0xbb, 0xa7, 0x2c, 0xc9, 0xcc, 0xc6, 0xb7, 0x2c, 0xc6, 0xc0, 0xb7, 0xd6, 0x0a];
    const row = [0xd5, 0xc5, 0xc8, 0xfd, 0x2c, 0xb8, 0xd6, 0xb1, 0xca, 0x2c, 0x35, 0x0a];
    const chinese = new Uint8Array([...header, ...row]);
    expect(guessEncoding(chinese)).toEqual({ encoding: 'gb18030', bom: 0 });
    expect(guessEncoding(chinese.subarray(0, header.length + 7)).encoding).toBe('gb18030');
    const read = new TextDecoder().decode(createTranscoder('gb18030')(chinese, true));
    expect(read).toBe('用户,商品,评分\n张三,钢笔,5\n');
    for (const western of ['Crème Brûlée;½ Preis;Straße ÄÖÜ', 'Ñandú °C £5', '« À bientôt »', 'ÀÉ']) {
      expect(guessEncoding(latin1(western)).encoding, western).toBe('windows-1252');
    }
    // UTF-8 with one byte of something else stays UTF-8.
    const mixed = new Uint8Array([...utf8('用户,商品,评分\n张三,钢笔,5\n中华人民共和国'), 0xe9, 0x2c]);
    expect(guessEncoding(mixed).encoding).toBe('utf-8');
  });

  it('is not misled by a character cut at the end of the sample', () => {
    expect(guessEncoding(utf8('é').subarray(0, 1)).encoding).toBe('utf-8');
    expect(guessEncoding(utf8('plain text 日').subarray(0, 13)).encoding).toBe('utf-8');
  });
});

describe('windows-1252', () => {
  it('knows the characters latin-1 lacks, and shows the five that do not exist as lost', () => {
    const bytes = new Uint8Array([0x80, 0x93, 0x94, 0x9f, 0xe9, 0xff, 0x81, 0x61]);
    expect(new TextDecoder().decode(createTranscoder('windows-1252')(bytes, true))).toBe('€“”Ÿéÿ\uFFFDa');
  });
});

describe('mendUtf8', () => {
  it('leaves well-formed text alone, and its result is always well-formed', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, noise) => {
        expect(mendUtf8(utf8(text))).toEqual({ bytes: utf8(text), mended: 0 });
        const { bytes, mended } = mendUtf8(noise);
        const decoded = strict.decode(bytes);
        let wellFormed = true;
        try {
          strict.decode(noise);
        } catch {
          wellFormed = false;
        }
        expect(mended === 0).toBe(wellFormed);
        if (wellFormed) expect(decoded).toBe(strict.decode(noise));
      }),
    );
  });

  it('reads stray bytes as windows-1252 beside good characters', () => {
    const { bytes, mended } = mendUtf8(new Uint8Array([...utf8('日é'), 0xe9, 0x2c, 0x80]));
    expect(new TextDecoder().decode(bytes)).toBe('日éé,€');
    expect(mended).toBe(2);
  });
});

describe('TextFeed', () => {
  const feedAll = (encoding: Parameters<typeof createTranscoder>[0], bytes: Uint8Array, piece: number) => {
    let text = '';
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const feed = new TextFeed(encoding, (part) => {
      text += decoder.decode(part.bytes.subarray(0, part.length), { stream: true });
      return part.length;
    });
    for (let at = 0; at < bytes.length; at += piece) feed.push(bytes.subarray(at, at + piece));
    feed.end();
    return { text, mended: feed.mended };
  };

  it('gives the text back whatever the encoding and wherever the pieces are cut', () => {
    const text = 'Amélie,日本,😀\r\nnext,line\rthird\n'.repeat(20_000);
    for (const piece of [1009, 65_536, 1 << 20]) {
      expect(feedAll('utf-8', utf8(text), piece)).toEqual({ text, mended: 0 });
      expect(feedAll('utf-16le', utf16(text, true), piece).text).toBe(text);
      expect(feedAll('utf-16be', utf16(text, false), piece).text).toBe(text);
    }
    // 钢笔 in GBK, cut anywhere
    const pens = new Uint8Array(70_000).map((_, at) => [0xb8, 0xd6, 0xb1, 0xca, 0x0a][at % 5]);
    for (const piece of [1009, 65_536]) expect(feedAll('gb18030', pens, piece).text).toBe('钢笔\n'.repeat(14_000));
    const western = 'Amélie;Señor\n'.repeat(50_000);
    expect(feedAll('windows-1252', latin1(western), 65_536).text).toBe(western);
  });

  it('mends what turns out late not to be UTF-8, and counts it', () => {
    const plain = 'plain,text\n'.repeat(100_000);
    const bytes = new Uint8Array([...utf8(plain), ...latin1('Amélie\n'), ...utf8('日本\n')]);
    expect(feedAll('utf-8', bytes, 65_536)).toEqual({ text: `${plain}Amélie\n日本\n`, mended: 1 });
  });

  it('offers again what the consumer was not done with', () => {
    const text = 'é1;a2;b3;'.repeat(60_000);
    let seen = '';
    const feed = new TextFeed('utf-8', ({ bytes, length }, final) => {
      const done = final ? length : bytes.lastIndexOf(10, length >> 1) + 1;
      seen += new TextDecoder().decode(bytes.subarray(0, done));
      return done;
    });
    for (let at = 0; at < text.length; at += 50_000) feed.push(utf8(text.slice(at, at + 50_000).replaceAll(';', '\n')));
    feed.end();
    expect(seen).toBe(text.replaceAll(';', '\n'));
  });
});
