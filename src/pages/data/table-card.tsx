import { useTranslation } from 'react-i18next';
import { ROLES, type Role, type TablePlan, type TableProposal, type TableUse } from '../../data/plan.ts';
import { useFormat } from '../../i18n/format.ts';
import { changeProposal } from '../../store/project.ts';
import { Card } from '../../ui/card.tsx';
import { useColumnName } from './column-name.ts';
import styles from './data.module.css';
import { roleReasonText } from './wording.ts';

const USES: readonly TableUse[] = ['log', 'products', 'customers', 'unused'];
/** Roles that make sense in a table that describes products or customers. */
const DESCRIBING: readonly Role[] = ['customer', 'product', 'title', 'category', 'attribute', 'ignore'];

/** One table: what it is for, its first rows, and the role of every column with the reason. */
export function TableCard({ table, shown }: { readonly table: TablePlan; readonly shown: TableProposal }) {
  const { t } = useTranslation(['data', 'common']);
  const { t: data } = useTranslation('data');
  const format = useFormat();
  const columnName = useColumnName();
  const { source } = table;
  const columns = shown.preview.names.length;
  const roles = table.use === 'log' ? ROLES : DESCRIBING;
  const facts = [
    shown.format.toUpperCase(),
    t('common:counts.columns', { count: columns, n: format.number(columns) }),
    shown.bytes === null ? '' : format.bytes(shown.bytes),
  ];
  return (
    <Card
      title={<span translate="no">{shown.name}</span>}
      aside={
        <div className={styles.tools}>
          {shown.dialect ? (
            <label className={styles.check}>
              <input
                type="checkbox"
                checked={table.hasHeader}
                onChange={(event) => void changeProposal({ source, hasHeader: event.currentTarget.checked })}
              />
              {t('data:confirm.header')}
            </label>
          ) : null}
          <select
            className={styles.select}
            aria-label={`${t('data:confirm.use.label')}: ${shown.name}`}
            value={table.use}
            onChange={(event) => void changeProposal({ source, use: event.currentTarget.value as TableUse })}
          >
            {USES.map((use) => (
              <option key={use} value={use}>
                {t(`data:confirm.use.${use}`)}
              </option>
            ))}
          </select>
        </div>
      }
    >
      <p className={styles.muted} translate="no">
        {facts.filter(Boolean).join(' · ')}
      </p>
      {table.use === 'unused' ? null : (
        <section
          className={styles.preview}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
          tabIndex={0}
          aria-label={t('data:confirm.firstRows', { name: shown.name })}
        >
          <table>
            <thead>
              <tr>
                {table.columns.map(({ role, reason }, column) => {
                  const name = columnName(shown.preview.names[column], column);
                  return (
                    <th key={column} scope="col">
                      <span className={styles.columnName} title={name} translate="no">
                        {name}
                      </span>
                      <select
                        className={role === 'ignore' ? styles.select : `${styles.select} ${styles.used}`}
                        aria-label={t('data:confirm.role', { column: name })}
                        value={role}
                        onChange={(event) =>
                          void changeProposal({ source, column, role: event.currentTarget.value as Role })
                        }
                      >
                        {roles.map((one) => (
                          <option key={one} value={one}>
                            {t(`data:roles.${one}`)}
                          </option>
                        ))}
                        {roles.includes(role) ? null : <option value={role}>{t(`data:roles.${role}`)}</option>}
                      </select>
                      <span className={styles.reason}>{roleReasonText(data, format, reason)}</span>
                    </th>
                  );
                })}
              </tr>
            </thead>
            <tbody translate="no">
              {Array.from({ length: shown.preview.rows }, (_, row) => (
                <tr key={row}>
                  {table.columns.map(({ role }, column) => (
                    <td key={column} className={role === 'ignore' ? styles.ignored : undefined}>
                      {shown.preview.cells[column]?.[row] ?? ''}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Card>
  );
}
