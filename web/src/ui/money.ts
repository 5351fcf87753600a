// money.ts - sums to the fen, where somebody acts upon them; yuan() of i18n.ts is for figures at a glance.
import type { Language } from '../i18n';

export const exactly = (n: number, l: Language): string => new Intl.NumberFormat(l === 'zh' ? 'zh-CN' : 'en-GB', { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol' }).format(n);
