package memory_test

import (
	"testing"
	"time"

	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

func TestTable(t *testing.T) {
	porttest.Table(t, func(_ *testing.T, now func() time.Time) store.Table { return memory.New(now) })
}
