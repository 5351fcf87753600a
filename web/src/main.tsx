// main.tsx - the console starts here: cache, look, session, frame.
import './nonce';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/client';
import { App } from './app';
import { watchAttention } from './attention';
import { keepLong } from './kept';
import { LookProvider } from './session';
import './style.css';

const queries = new QueryClient({
	defaultOptions: {
		queries: {
			staleTime: 5_000,
			refetchOnWindowFocus: false,
			retry: (count, e) => count < 2 && !(e instanceof Problem && e.status >= 400 && e.status < 500),
		},
	},
});
watchAttention();
keepLong(queries);
const root = document.getElementById('root');
if (root === null) throw new Error('no #root');
createRoot(root).render(
	<StrictMode>
		<QueryClientProvider client={queries}>
			<LookProvider><App /></LookProvider>
		</QueryClientProvider>
	</StrictMode>,
);
