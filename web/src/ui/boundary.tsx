// boundary.tsx - a page that breaks says so and leaves the frame standing.
import { Component, type ReactNode } from 'react';
import { Failed } from './states';

export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
	override state: { error: Error | null } = { error: null };
	static getDerivedStateFromError(error: Error): { error: Error } {
		return { error };
	}
	override render(): ReactNode {
		return this.state.error === null ? this.props.children : <Failed error={this.state.error} again={() => this.setState({ error: null })} />;
	}
}
