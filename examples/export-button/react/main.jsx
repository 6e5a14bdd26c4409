import 'https://exports.example.org/button.js';
import { useState } from 'react';
import { createRoot } from 'react-dom/client';
import { getToken } from '../token.js';

function Exports({ board }) {
  const [last, setLast] = useState('');
  return (
    <>
      <export-button
        board={board}
        formats="png,pdf,json"
        token={getToken}
        onexport-completed={({ detail }) => setLast(detail.export.file_name)}
      />
      <p>{last && `Exported: ${last}`}</p>
    </>
  );
}

createRoot(document.getElementById('app')).render(<Exports board="BOARD_ID" />);
