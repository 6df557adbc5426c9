package memory_test

import (
	"testing"

	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/store"
	"github.com/ebb-access/ebb/shared/store/memory"
)

func TestTable(t *testing.T) {
	porttest.Table(t, func(*testing.T) store.Table { return memory.New(nil) })
}
