import { useRef, type ChangeEvent } from 'react';

interface Props {
  accept: string;
  onChoose: (files: File[]) => void;
}

/** Two ways to a file: the camera, on what is held in the hand, and whatever lies on the device. */
export function FileChooser({ accept, onChoose }: Props) {
  const camera = useRef<HTMLInputElement>(null);
  const device = useRef<HTMLInputElement>(null);

  function choose(event: ChangeEvent<HTMLInputElement>) {
    const files = Array.from(event.target.files ?? []);
    event.target.value = ''; // so that the same one can be chosen again
    if (files.length > 0) onChoose(files);
  }

  return (
    <div className="file-buttons">
      <button type="button" className="button camera" onClick={() => camera.current?.click()}>
        拍照
      </button>
      <button type="button" className="button" onClick={() => device.current?.click()}>
        选照片或文件
      </button>
      <input ref={camera} type="file" accept="image/*" capture="environment" hidden aria-label="拍照" onChange={choose} />
      <input ref={device} type="file" accept={accept} multiple hidden aria-label="选照片或文件" onChange={choose} />
    </div>
  );
}
