import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const green: MantineColorsTuple = [
  '#e9f6f1',
  '#d3ebe1',
  '#a8d8c5',
  '#7ac5a7',
  '#54b48e',
  '#359f78',
  '#1f8b68',
  '#1a7f64',
  '#126650',
  '#0a4e3d',
];
const dark: MantineColorsTuple = [
  '#e8e6e0',
  '#c9cbc8',
  '#a3adb1',
  '#7f8a8f',
  '#4a555b',
  '#353f45',
  '#2b343a',
  '#1a2025',
  '#12161a',
  '#0c0f12',
];
const gray: MantineColorsTuple = [
  '#faf9f6',
  '#f3f1ec',
  '#e9e6df',
  '#dcd8cf',
  '#c6c2b9',
  '#a3a29b',
  '#7c8182',
  '#596468',
  '#3a464a',
  '#1f2a2e',
];

/** The looks of the console: the warm paper and the green of Parley, soft corners, quiet lines. */
export const theme = createTheme({
  primaryColor: 'green',
  primaryShade: 7,
  autoContrast: true,
  luminanceThreshold: 0.3,
  colors: { green, dark, gray },
  black: '#1f2a2e',
  white: '#fffefc',
  defaultRadius: 'md',
  fontFamily:
    'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '640', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Card: { defaultProps: { withBorder: true, padding: 'md' } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35, blur: 2 } } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Badge: { defaultProps: { variant: 'light', radius: 'sm' }, styles: { root: { textTransform: 'none' } } },
    Table: { defaultProps: { verticalSpacing: 'sm', highlightOnHover: true } },
    Loader: { defaultProps: { type: 'dots' } },
  },
});

/** Colours that differ between light and dark, each at least 4.5:1 where it carries text. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f7f5f0',
    '--mantine-color-text': '#1f2a2e',
    '--mantine-color-dimmed': '#566165',
    '--mantine-color-placeholder': '#697377',
    '--mantine-color-anchor': '#126650',
    '--mantine-color-error': '#b02a1a',
    '--sheet': '#fffefc',
    '--line': '#e4e0d6',
    '--soft': '#f1eee7',
    '--wash': '#e2efe9',
    '--good': '#1a7f64',
    '--warn': '#94600a',
    '--bad': '#b02a1a',
    '--idle': '#6a7478',
  },
  dark: {
    '--mantine-color-body': '#12161a',
    '--mantine-color-text': '#e8e6e0',
    '--mantine-color-dimmed': '#a3adb1',
    '--mantine-color-placeholder': '#8d989c',
    '--mantine-color-anchor': '#6fcfae',
    '--mantine-color-error': '#ff9c87',
    '--sheet': '#1a2025',
    '--line': '#2b343a',
    '--soft': '#20272c',
    '--wash': '#17302a',
    '--good': '#5cc4a3',
    '--warn': '#e9b65c',
    '--bad': '#ff9c87',
    '--idle': '#98a3a7',
  },
});
