/** What the name of a column says about its role: English and Chinese, and the commonest words of German, French and Spanish exports. */
import type { Role } from './plan.ts';

export interface NameHint {
  readonly role: Role;
  /** 0 … 1 */
  readonly strength: number;
}

const WORDS: Readonly<Record<Role, string>> = {
  customer:
    'user users customer customers cust client member buyer shopper reader viewer visitor account reviewer person people player listener subscriber household uid consumer guest patron userid kunde kunden kundennr kundennummer benutzer nutzer cliente clientes utilisateur usuario usuarios',
  product:
    'item items product products asin movie movies film films book books isbn artist artists song songs track tracks sku stock article goods game games app recipe anime show beer wine restaurant business course podcast album video pid iid upc ean barcode artikel artikelnr artikelnummer produkt produktnummer produit produits producto productos artículo articulo',
  rating:
    'rating ratings score scores stars star rate grade preference bewertung bewertungen sterne calificación calificacion puntuación puntuacion',
  quantity:
    'quantity qty count counts plays listens units weight frequency times hours pieces pcs menge anzahl stück stueck stückzahl quantité quantite cantidad',
  event: 'event action behavior behaviour activity interaction',
  time: 'time timestamp date datetime when created updated ts day purchased ordered at datum zeit zeitpunkt bestelldatum rechnungsdatum fecha',
  order:
    'order orders invoice basket transaction receipt session cart bill ticket bestellung bestellnr bestellnummer rechnung rechnungsnr rechnungsnummer beleg belegnummer auftrag auftragsnummer commande facture pedido factura',
  price:
    'price cost amount revenue total spend sales value paid preis einzelpreis verkaufspreis betrag umsatz prix montant precio importe',
  title:
    'title name description label titel bezeichnung artikelbezeichnung beschreibung titre título titulo descripción descripcion',
  category:
    'category categories genre genres department aisle class classification subcategory cat group tags kategorie warengruppe catégorie categorie categoría categoria',
  attribute:
    'country city age gender sex occupation job zip postcode region state segment author authors year language lang brand publisher director actors nationality education income status store device channel platform publication maker manufacturer color colour size format material location',
  ignore:
    'url link image images img picture photo review comment text ip index unnamed imdb tmdb summary helpful verified isbn13 goodreads thumbnail href',
};

const ROLE_OF = new Map<string, Role>();
for (const [role, words] of Object.entries(WORDS) as [Role, string][]) {
  for (const word of words.split(' ')) ROLE_OF.set(word, role);
}

/** Words that identify people where nothing better does. */
const PERSONAL = new Set(['email', 'mail', 'username', 'nickname', 'login']);

/** Words at the end that only say "identifier". */
const ID_WORDS = new Set(['id', 'ids', 'no', 'nr', 'num', 'number', 'code', 'key', 'uuid', 'guid', 'identifier']);

/** Chinese words; in a name the one that ends last decides (商品名称 is a name, 商品 a product). */
const CHINESE: readonly (readonly [string, Role])[] = [
  ['用户', 'customer'],
  ['客户', 'customer'],
  ['顾客', 'customer'],
  ['会员', 'customer'],
  ['买家', 'customer'],
  ['读者', 'customer'],
  ['观众', 'customer'],
  ['商品', 'product'],
  ['产品', 'product'],
  ['物品', 'product'],
  ['货号', 'product'],
  ['电影', 'product'],
  ['影片', 'product'],
  ['图书', 'product'],
  ['书籍', 'product'],
  ['歌曲', 'product'],
  ['艺人', 'product'],
  ['评分', 'rating'],
  ['打分', 'rating'],
  ['得分', 'rating'],
  ['星级', 'rating'],
  ['分数', 'rating'],
  ['数量', 'quantity'],
  ['件数', 'quantity'],
  ['次数', 'quantity'],
  ['行为', 'event'],
  ['事件', 'event'],
  ['操作', 'event'],
  ['时间', 'time'],
  ['日期', 'time'],
  ['时刻', 'time'],
  ['订单', 'order'],
  ['单号', 'order'],
  ['小票', 'order'],
  ['发票', 'order'],
  ['价格', 'price'],
  ['单价', 'price'],
  ['金额', 'price'],
  ['售价', 'price'],
  ['名称', 'title'],
  ['标题', 'title'],
  ['片名', 'title'],
  ['书名', 'title'],
  ['品名', 'title'],
  ['类别', 'category'],
  ['分类', 'category'],
  ['品类', 'category'],
  ['类型', 'category'],
  ['国家', 'attribute'],
  ['城市', 'attribute'],
  ['年龄', 'attribute'],
  ['性别', 'attribute'],
  ['职业', 'attribute'],
  ['作者', 'attribute'],
  ['地区', 'attribute'],
  ['省份', 'attribute'],
  ['品牌', 'attribute'],
  ['图片', 'ignore'],
  ['链接', 'ignore'],
  ['网址', 'ignore'],
  ['评论', 'ignore'],
];

/** Lower-case words of a header: snake_case, camelCase, PascalCase, "With Spaces". */
export function headerWords(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The role a header suggests; null where the name says nothing ("id", "value_3", "x"). */
export function hintOfName(name: string): NameHint | null {
  const chinese = chineseHint(name);
  if (chinese !== null) return chinese;
  const words = headerWords(name).flatMap(splitCompound);
  if (words.length === 0) return null;
  const isId = words.length > 1 && ID_WORDS.has(words[words.length - 1]);
  if (isId) words.pop();
  if (words.some((word) => PERSONAL.has(word))) return { role: 'customer', strength: 0.7 };
  const roles = words.map((word) => ROLE_OF.get(word) ?? null);
  let at = roles.length - 1;
  while (at >= 0 && roles[at] === null) at--;
  if (at < 0) return null;
  const role = roles[at] as Role;
  const before = roles.slice(0, at);
  const strength = at < words.length - 1 ? 0.6 : isId || words.length === 1 ? 0.95 : 0.85;
  return refine(role, words, before, isId, strength);
}

function refine(
  role: Role,
  words: readonly string[],
  before: readonly (Role | null)[],
  isId: boolean,
  strength: number,
): NameHint {
  const qualified = words.some((word) => /^(?:avg|average|mean|num|count|counts|sum|median|std)$/.test(word));
  if (words.some((word) => ROLE_OF.get(word) === 'rating') && qualified) return { role: 'ignore', strength };
  if (role === 'quantity' && before.some((r) => r === 'product' || r === 'ignore')) return { role: 'ignore', strength };
  if (role === 'title' && before.includes('customer')) return { role: 'attribute', strength: 0.6 };
  if (isId && (role === 'rating' || role === 'time' || role === 'quantity')) return { role: 'ignore', strength: 0.6 };
  if (isId && role === 'event') return { role: 'order', strength: 0.5 };
  // "published at", "original publication year": what describes a product, not when it was bought
  if (role === 'time' && words.some((word) => /^(?:birth|release|released|published|publication)$/.test(word))) {
    return { role: 'ignore', strength };
  }
  return { role, strength };
}

/** "userid", "stockcode", "invoicedate": two words nobody separated. */
function splitCompound(word: string): string[] {
  if (ROLE_OF.has(word) || ID_WORDS.has(word) || word.length < 5) return word === 'type' ? [] : [word];
  for (let cut = word.length - 2; cut >= 3; cut--) {
    const head = word.slice(0, cut);
    const tail = word.slice(cut);
    if (ROLE_OF.has(head) && (ROLE_OF.has(tail) || ID_WORDS.has(tail) || tail === 'type')) {
      return tail === 'type' ? [head] : [head, tail];
    }
  }
  const tail = ['name', 'date', 'time', 'price', 'count'].find((end) => word.endsWith(end));
  return tail ? [word.slice(0, -tail.length), tail] : [word];
}

function chineseHint(name: string): NameHint | null {
  let best: NameHint | null = null;
  let end = 0;
  for (const [word, role] of CHINESE) {
    const at = name.lastIndexOf(word);
    if (at >= 0 && at + word.length > end) {
      end = at + word.length;
      best = { role, strength: 0.9 };
    }
  }
  return best;
}

/** Names of two columns mean the same id: "movieId" and "movie_id", "用户编号" and "用户编号". */
export function sameName(a: string, b: string): boolean {
  const left = headerWords(a).join('');
  return left !== '' && left === headerWords(b).join('');
}
