import { theme, type ThemeConfig } from 'antd';

/** Calm and dense: the citizen's deep green-blue for actions, red for danger and deadlines only. */
export const workbench: ThemeConfig = {
  algorithm: theme.compactAlgorithm,
  token: {
    colorPrimary: '#0b4a57',
    colorPrimaryHover: '#1a6374',
    colorPrimaryActive: '#07363f',
    colorPrimaryBg: '#e2eff2',
    colorPrimaryBgHover: '#cfe3e8',
    colorPrimaryBorder: '#8fb6bf',
    controlItemBgActive: '#e2eff2',
    controlItemBgActiveHover: '#cfe3e8',
    colorLink: '#0b4a57',
    colorText: '#16222a',
    colorTextSecondary: '#38454e',
    colorTextTertiary: '#4a565e',
    colorTextDescription: '#4a565e',
    colorTextPlaceholder: '#5d6970',
    colorError: '#9a1010',
    colorErrorBg: '#fdf2f2',
    colorErrorBorder: '#e3b1b1',
    colorWarning: '#8a5a00',
    colorWarningBg: '#fff8e8',
    colorWarningBorder: '#e6cf9c',
    colorBgLayout: '#eef2f4',
    borderRadius: 4,
    fontSize: 16, // the compact algorithm takes two off
    motionDurationMid: '0.1s',
    motionDurationSlow: '0.15s',
    fontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
  },
  components: {
    Layout: { siderBg: '#ffffff', headerBg: '#ffffff', headerHeight: 44, headerPadding: '0 16px' },
    Menu: { itemHeight: 32, groupTitleFontSize: 13, itemSelectedBg: '#e2eff2', itemSelectedColor: '#0b4a57' },
    Descriptions: { labelBg: '#f4f7f8' },
    Table: { headerBg: '#f4f7f8' },
  },
};
