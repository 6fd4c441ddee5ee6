/**
 * Derives the two data sets the product ships with from the archives as they were published:
 * public/samples/gift-shop (UCI Online Retail, CC BY 4.0) and public/samples/books (goodbooks-10k, CC BY-SA 4.0).
 * The archives are looked for in TASTEMAKER_DATA (default ../shared/datasets). The output is the same bytes every time.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync, unzipSync } from 'fflate';
import Papa from 'papaparse';

const root = fileURLToPath(new URL('..', import.meta.url));
const data = process.env['TASTEMAKER_DATA'] ?? join(root, '../shared/datasets');

const CC_BY = `The data in this folder is licensed under the Creative Commons Attribution 4.0 International License (CC BY 4.0).

Attribution: Chen, D., Sain, S. L. and Guo, K. (2012). Online Retail [data set]. UCI Machine Learning Repository.

The full text of the licence: https://creativecommons.org/licenses/by/4.0/legalcode
`;

const GIFT_SHOP = `# A real gift shop

\`online-retail.csv.gz\` is the till of a UK online gift shop from December 2010 to December 2011: every column and
every row of the UCI "Online Retail" data set, uncleaned, compressed with gzip.

Changed from the source: the spreadsheet written as CSV (customer numbers read 17850.0 there). No row, column or value
was added, removed or corrected.

- Source: UCI Machine Learning Repository, "Online Retail", https://doi.org/10.24432/C5BW33
- Cite: Daqing Chen, Sai Liang Sain and Kun Guo (2012). "Data mining for the online retail industry: A case study of
  RFM model-based customer segmentation using data mining." Journal of Database Marketing and Customer Strategy
  Management 19(3), 197–208.
- Licence: CC BY 4.0 (LICENSE.txt)
- Made by: \`npm run samples\` (scripts/make-samples.ts)
`;

const CC_BY_SA = `The data in this folder is licensed under the Creative Commons Attribution-ShareAlike 4.0 International License
(CC BY-SA 4.0).

Attribution: Zygmunt Zając (2017). goodbooks-10k.

The full text of the licence: https://creativecommons.org/licenses/by-sa/4.0/legalcode
`;

const BOOKS = `# Readers and books

\`ratings.csv.gz\` holds the ratings of whole readers drawn from goodbooks-10k (reader, book, 1 to 5 stars);
\`books.csv.gz\` the books' titles, authors and years of first publication.

Changed from the source: a part of the readers; of the books only number, title, authors and year, the year written as
a whole number; no addresses of pictures.

- Source: goodbooks-10k by Zygmunt Zając (2017), http://fastml.com/goodbooks-10k
- Licence: CC BY-SA 4.0 (LICENSE.txt); what is derived from these files keeps it.
- Made by: \`npm run samples\` (scripts/make-samples.ts)
`;

/** One file of an archive, by the end of its path. */
function fromArchive(archive: string, name: string): Uint8Array {
  const files = unzipSync(readFileSync(join(data, archive)), { filter: (file) => file.name.endsWith(`/${name}`) });
  const [bytes] = Object.values(files);
  if (bytes === undefined) throw new Error(`${archive} holds no ${name}`);
  return bytes;
}

function write(folder: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  const to = join(root, 'public/samples', folder);
  mkdirSync(to, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(to, name), content);
    console.log(`public/samples/${folder}/${name}: ${content.length.toLocaleString('en')} bytes`);
  }
}

/** mtime 0 and a compressor of our own choosing: the same bytes on every machine. */
function compress(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 9, mem: 12, mtime: new Date(0) });
}

function bookTable(csv: Uint8Array): Uint8Array {
  const { data: rows } = Papa.parse<Record<string, string>>(new TextDecoder().decode(csv), {
    header: true,
    skipEmptyLines: true,
  });
  const table = rows.map((row) => ({
    book_id: row['book_id'],
    title: row['title'],
    authors: row['authors'],
    year: row['original_publication_year'].replace(/\.0$/, ''),
  }));
  return new TextEncoder().encode(`${Papa.unparse(table, { newline: '\n' })}\n`);
}

write('gift-shop', {
  'online-retail.csv.gz': compress(fromArchive('online-retail.zip', 'OnlineRetail.csv')),
  'LICENSE.txt': CC_BY,
  'SOURCE.md': GIFT_SHOP,
});
write('books', {
  'ratings.csv.gz': compress(fromArchive('goodbooks-sample.zip', 'ratings.csv')),
  'books.csv.gz': compress(bookTable(fromArchive('goodbooks-sample.zip', 'books.csv'))),
  'LICENSE.txt': CC_BY_SA,
  'SOURCE.md': BOOKS,
});
