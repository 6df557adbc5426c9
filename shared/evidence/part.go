package evidence

import (
	"archive/zip"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"hash/crc32"
	"io"
)

// part is one file of a package: compressed as it is written, so that what is kept
// is a tenth of it.
type part struct {
	name string
	out  chunks
	zip  *flate.Writer
	sum  hash.Hash
	crc  uint32
	size int64
	enc  *json.Encoder
}

// level of compression. The files are hashes for a good part, which no level helps.
const level = flate.BestSpeed

func newPart(name string) *part {
	p := &part{name: name, sum: sha256.New()}
	p.zip, _ = flate.NewWriter(&p.out, level) // an error is of a level out of range
	p.enc = json.NewEncoder(p)
	p.enc.SetEscapeHTML(false)
	return p
}

func (p *part) Write(b []byte) (int, error) {
	p.sum.Write(b)
	p.crc = crc32.Update(p.crc, crc32.IEEETable, b)
	p.size += int64(len(b))
	return p.zip.Write(b)
}

// file is the part's line of the manifest.
func (p *part) file() File {
	return File{Name: p.name, Size: p.size, SHA256: hex.EncodeToString(p.sum.Sum(nil))}
}

// into writes the part, which was closed, into a zip.
func (p *part) into(z *zip.Writer) error {
	h := &zip.FileHeader{
		Name: p.name, Method: zip.Deflate, CRC32: p.crc, CompressedSize64: uint64(p.out.n), UncompressedSize64: uint64(p.size),
	}
	//lint:ignore SA1019 CreateRaw takes the header as it is, and only this field says the first day that zip knows
	h.ModifiedDate = 1<<5 | 1
	w, err := z.CreateRaw(h)
	if err != nil {
		return err
	}
	return p.out.into(w)
}

// chunks is a buffer that grows without being copied.
type chunks struct {
	list   [][]byte
	n      int64
	hollow bool // of what was in it only the size is known
}

const chunk = 64 << 10

func (c *chunks) into(w io.Writer) error {
	for _, b := range c.list {
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	if c.hollow {
		nothing := make([]byte, chunk)
		for left := c.n; left > 0; left -= chunk {
			if _, err := w.Write(nothing[:min(left, chunk)]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *chunks) Write(b []byte) (int, error) {
	wrote := len(b)
	for len(b) > 0 {
		if k := len(c.list); k == 0 || len(c.list[k-1]) == cap(c.list[k-1]) {
			c.list = append(c.list, make([]byte, 0, chunk))
		}
		last := &c.list[len(c.list)-1]
		n := min(len(b), cap(*last)-len(*last))
		*last = append(*last, b[:n]...)
		b = b[n:]
	}
	c.n += int64(wrote)
	return wrote, nil
}

var _ io.Writer = (*chunks)(nil)
