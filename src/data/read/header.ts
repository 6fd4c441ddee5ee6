/**
 * Words that stand in first lines and hardly ever in data, in the languages exports are written in.
 * Compared with the name cut into words: `user_id`, `CustomerID` and `Kunden-Nr.` all count.
 */
const HEADER_WORDS = new Set(
  (
    'id ids user users userid customer customers customerid client member visitor person people account buyer reader ' +
    'item items itemid product products productid sku asin article movie movieid film book bookid isbn song track artist ' +
    'artistid game business stockcode code rating ratings score stars star value weight grade preference review ' +
    'quantity qty amount count counts units plays playcount clicks views event action type behavior behaviour ' +
    'time timestamp date datetime day created unixreviewtime order orderid invoice invoiceno transaction basket session ' +
    'price unitprice revenue total cost currency title name description category categories genre genres tag tags ' +
    'brand author authors year age gender sex occupation zip country city region state language url ' +
    'kunde kunden artikel bewertung menge datum preis bestellung titel anzahl client produit note quantite prix ' +
    'cliente producto articulo cantidad fecha precio pedido titulo utilisateur ' +
    '用户 用户id 客户 客户编号 商品 商品id 产品 评分 数量 时间 日期 订单 订单号 价格 单价 标题 名称 类别 分类 类目 书名 电影'
  ).split(' '),
);

const NUMBER = /^[-+]?(\d[\d., \u00a0]*|[.,]\d+)([eE][-+]?\d+)?%?$/;
const DATE = /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/;
const UNNAMED = /^(unnamed: \d+)?$/i;

/** Whether a cell is a number or a date: something that names no column. */
export function isMeasure(cell: string): boolean {
  const text = cell.trim();
  return NUMBER.test(text) || DATE.test(text);
}

function hasHeaderWord(name: string): boolean {
  const words = name
    .trim()
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return words.some((word) => HEADER_WORDS.has(word)) || HEADER_WORDS.has(words.join(''));
}

/**
 * Whether `first` names the columns of the rows below it. It does not when one of its cells is a number or a
 * date. It does when a column that is all numbers or dates below begins with a word, or when at least half of
 * its cells contain a word that headers are made of.
 */
export function guessHeader(first: readonly string[], below: readonly (readonly string[])[]): boolean {
  const named = first.filter((cell) => !UNNAMED.test(cell.trim()));
  if (named.length === 0 || named.some(isMeasure)) return false;
  const withWords = named.filter(hasHeaderWord).length;
  if (below.length === 0) return withWords * 2 >= named.length;
  const differs = first.some((cell, column) => {
    if (cell.trim() === '') return false;
    const values = below.map((row) => row[column] ?? '').filter((value) => value.trim() !== '');
    const measures = values.filter(isMeasure).length;
    return values.length > 0 && measures >= values.length * 0.9;
  });
  return differs || withWords * 2 >= named.length;
}
