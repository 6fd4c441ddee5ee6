import { Component, type ReactNode } from 'react';

interface ErrorBoundaryProps {
  /** What stands there instead; `retry` draws the children anew. */
  readonly fallback: (thrown: unknown, retry: () => void) => ReactNode;
  /** Of what is drawn: with another one, what was thrown before is forgotten. */
  readonly resetKey?: string;
  /** Once the fallback stands. */
  readonly onCaught?: (thrown: unknown) => void;
  readonly children: ReactNode;
}

interface ErrorBoundaryState {
  /** Anything may be thrown, null too. */
  readonly failure: { readonly thrown: unknown } | null;
  readonly resetKey: string | undefined;
}

/**
 * What is thrown while the children are drawn ends here; without it React takes the whole page away. React itself writes
 * the error to the console. Errors of event handlers and promises do not come this way: they leave what is drawn.
 */
export class ErrorBoundary extends Component<ErrorBoundaryProps, ErrorBoundaryState> {
  override state: ErrorBoundaryState = { failure: null, resetKey: this.props.resetKey };

  static getDerivedStateFromError(thrown: unknown): Pick<ErrorBoundaryState, 'failure'> {
    return { failure: { thrown } };
  }

  // While drawing, so that what failed is not drawn once more on the way to something else.
  static getDerivedStateFromProps(
    { resetKey }: ErrorBoundaryProps,
    state: ErrorBoundaryState,
  ): ErrorBoundaryState | null {
    return resetKey === state.resetKey ? null : { failure: null, resetKey };
  }

  override componentDidCatch(thrown: unknown): void {
    this.props.onCaught?.(thrown);
  }

  readonly #retry = () => this.setState({ failure: null });

  override render(): ReactNode {
    const { failure } = this.state;
    return failure ? this.props.fallback(failure.thrown, this.#retry) : this.props.children;
  }
}
