/** An id that says nothing by itself and takes the word for what it is: "14", "B00X4WHP5E"; not "Dune", not "Blue mug 3". */
export function isCode(text: string): boolean {
  return /\d/.test(text) && !/\s/.test(text);
}
