import { useColumnName } from '../data/column-name.ts';

/** An attribute by its name; data without column names calls it by its place, "#2". */
export function useAttributeName(): (name: string) => string {
  const columnName = useColumnName();
  return (name) => {
    const [, number] = /^#(\d+)$/.exec(name) ?? [];
    return number === undefined ? name : columnName(undefined, Number(number) - 1);
  };
}
