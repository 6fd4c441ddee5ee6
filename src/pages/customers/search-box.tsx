import { Combobox, Loader, TextInput, useCombobox } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type ReactNode, startTransition, useEffect, useRef, useState } from 'react';
import { useAnswer } from '../../store/use-answer.ts';
import styles from './customers.module.css';

interface SearchBoxProps<Row> {
  readonly placeholder: string;
  /** What to say when nothing matches the query. */
  readonly nothing: (query: string) => string;
  readonly search: (query: string) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => string;
  readonly render: (row: Row) => ReactNode;
  readonly onPick: (row: Row) => void;
  readonly autoFocus?: boolean;
}

/** Type to find, arrows and Enter to pick. An empty box offers the most active. */
export function SearchBox<Row>(props: SearchBoxProps<Row>) {
  const { placeholder, nothing, search, keyOf, render, onPick, autoFocus } = props;
  const [query, setQuery] = useState('');
  /** Enter was pressed before what was typed is answered: its best match is taken when it comes. */
  const entered = useRef(false);
  const combobox = useCombobox({
    onDropdownClose: () => {
      entered.current = false;
      combobox.resetSelectedOption();
    },
  });
  const { dropdownOpened, selectFirstOption, resetSelectedOption } = combobox;
  // It shows nothing before it is answered, and putting it up takes up to 30 ms: not within the press that opens it.
  const open = () => startTransition(() => combobox.openDropdown());
  const { value: rows, asking } = useAnswer(dropdownOpened ? query : null, () => search(query));
  // Enter takes the best match, and nothing of a list that still shows older ones.
  useEffect(() => {
    if (asking || !rows) resetSelectedOption();
    else if (dropdownOpened) {
      selectFirstOption();
      if (entered.current) combobox.clickSelectedOption();
      entered.current = false;
    }
  }, [rows, asking, dropdownOpened]);
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(key) => {
        const row = rows?.find((candidate) => keyOf(candidate) === key);
        if (row !== undefined) onPick(row);
        setQuery('');
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          value={query}
          placeholder={placeholder}
          aria-label={placeholder}
          leftSection={<IconSearch size={16} stroke={1.5} />}
          rightSection={asking ? <Loader size={14} /> : null}
          autoFocus={autoFocus}
          onKeyDown={({ key, nativeEvent }) => {
            // an Enter that ends a Chinese syllable is not one that picks
            if (key !== 'Enter' || nativeEvent.isComposing || query === '') return;
            entered.current = dropdownOpened && combobox.getSelectedOptionIndex() === -1;
          }}
          onChange={(event) => {
            entered.current = false;
            setQuery(event.currentTarget.value);
            open();
          }}
          onClick={open}
          onFocus={open}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={rows === null}>
        <Combobox.Options mah={320} className={styles.options}>
          {rows?.map((row) => (
            <Combobox.Option key={keyOf(row)} value={keyOf(row)}>
              {render(row)}
            </Combobox.Option>
          ))}
          {rows?.length === 0 ? <Combobox.Empty>{nothing(query)}</Combobox.Empty> : null}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
