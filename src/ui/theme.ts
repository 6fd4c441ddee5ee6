import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** Ten steps around the two accents of the look: 6 is the light scheme's, 4 the dark one's. */
const violet: MantineColorsTuple = [
  '#f4f3ff',
  '#edebfe',
  '#cfcafb',
  '#b1a9fb',
  '#8f83ff',
  '#6a5cf0',
  '#4a3ae0',
  '#3d2ec9',
  '#3225a6',
  '#2a2650',
];

/** Primary and quiet buttons straight from the tokens: right in both schemes without asking which one it is. */
const variantColors: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  if (input.color && input.color !== 'violet') return resolved;
  switch (input.variant) {
    case 'filled':
      return {
        ...resolved,
        background: 'var(--tm-accent)',
        hover: 'var(--tm-accent-hover)',
        color: 'var(--tm-on-accent)',
      };
    case 'subtle':
      return {
        ...resolved,
        background: 'transparent',
        hover: 'var(--tm-sunken)',
        color: 'var(--tm-ink-2)',
        hoverColor: 'var(--tm-ink)',
      };
    case 'light':
      return {
        ...resolved,
        background: 'var(--tm-accent-soft)',
        hover: 'var(--tm-accent-soft)',
        color: 'var(--tm-accent)',
      };
    default:
      return resolved;
  }
};

/** Mantine's controls in the look of the drawings: radius 9, height 36, our faces and greys. */
export const theme = createTheme({
  primaryColor: 'violet',
  primaryShade: { light: 6, dark: 4 },
  colors: { violet },
  black: '#1c1a17',
  variantColorResolver: variantColors,
  fontFamily: 'var(--tm-sans)',
  headings: { fontFamily: 'var(--tm-serif)', fontWeight: '500' },
  defaultRadius: 'md',
  radius: { xs: '4px', sm: '6px', md: '9px', lg: '14px', xl: '999px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    // A closed list of options is not there: kept, it would be placed anew whenever its page is drawn.
    Combobox: { defaultProps: { keepMounted: false } },
    Popover: {
      defaultProps: { radius: 'lg', shadow: 'md' },
      styles: { dropdown: { backgroundColor: 'var(--tm-surface)', borderColor: 'var(--tm-line-strong)' } },
    },
    Modal: {
      defaultProps: {
        radius: 'lg',
        centered: true,
        overlayProps: { backgroundOpacity: 0.4 },
        // Outside the page's main part a plain <header> would count as a second banner.
        attributes: { header: { role: 'presentation' } },
      },
      styles: { title: { fontFamily: 'var(--tm-serif)', fontSize: 20, fontWeight: 450 } },
    },
    Input: {
      vars: () => ({ wrapper: { '--input-bg': 'var(--tm-surface)', '--input-bd': 'var(--tm-line-strong)' } }),
    },
    Checkbox: { styles: { input: { borderColor: 'var(--tm-line-strong)' } } },
    InputWrapper: { styles: { label: { fontWeight: 550, marginBottom: 4 } } },
  },
});

/** Points Mantine's own variables at the tokens, so both schemes come from tokens.css alone. */
export const cssVariables: CSSVariablesResolver = () => {
  const shared = {
    '--mantine-color-body': 'var(--tm-surface)',
    '--mantine-color-text': 'var(--tm-ink)',
    '--mantine-color-dimmed': 'var(--tm-ink-3)',
    '--mantine-color-placeholder': 'var(--tm-ink-3)',
    '--mantine-color-default': 'var(--tm-surface)',
    '--mantine-color-default-hover': 'var(--tm-sunken)',
    '--mantine-color-default-color': 'var(--tm-ink)',
    '--mantine-color-default-border': 'var(--tm-line-strong)',
    '--mantine-color-disabled': 'var(--tm-sunken)',
    '--mantine-color-disabled-color': 'var(--tm-ink-3)',
    '--mantine-color-disabled-border': 'var(--tm-hairline)',
    '--mantine-color-error': 'var(--tm-bad)',
    '--mantine-primary-color-filled': 'var(--tm-accent)',
    '--mantine-primary-color-filled-hover': 'var(--tm-accent-hover)',
    '--mantine-primary-color-contrast': 'var(--tm-on-accent)',
    '--mantine-primary-color-light': 'var(--tm-accent-soft)',
    '--mantine-primary-color-light-hover': 'var(--tm-accent-soft)',
    '--mantine-primary-color-light-color': 'var(--tm-accent)',
    '--mantine-shadow-md': 'var(--tm-shadow-raised)',
  };
  return { variables: {}, light: shared, dark: shared };
};
